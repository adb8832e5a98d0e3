// memcheck-requests.h - two of valgrind's client requests as functions, for Tests/SecretIndependence alone.
//
// The release build looks for headers in musl's folder only, hence the whole path. Without valgrind's header the requests do
// nothing, so that `swift build` needs no valgrind; Scripts/check-secrets then fails, as it misses its planted leaks.
#if __has_include("/usr/include/valgrind/memcheck.h")
#include "/usr/include/valgrind/memcheck.h"

static inline void memcheck_make_undefined(const void *start, unsigned long count) {
  VALGRIND_MAKE_MEM_UNDEFINED(start, count);
}

static inline void memcheck_make_defined(const void *start, unsigned long count) {
  VALGRIND_MAKE_MEM_DEFINED(start, count);
}
#else
static inline void memcheck_make_undefined(const void *start, unsigned long count) {}
static inline void memcheck_make_defined(const void *start, unsigned long count) {}
#endif
