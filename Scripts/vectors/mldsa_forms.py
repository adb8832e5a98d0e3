"""Shared by the converters and tests of ML-DSA: the parameter sets, and the parts of a signature taken apart and put together.

Written from FIPS 204 §4 and §7.2, not from the product's sources.
"""
Q = 8380417


class Parameters:
    def __init__(self, name, k, l, tau, challenge, gamma1_bits, omega, eta):
        self.name, self.k, self.l, self.challenge, self.omega = name, k, l, challenge, omega
        self.z_bits, self.gamma1, self.beta = gamma1_bits + 1, 1 << gamma1_bits, tau * eta
        self.z_start, self.hint_start = challenge, challenge + l * 32 * self.z_bits
        self.key_bytes, self.signature_bytes = 32 + 320 * k, self.hint_start + omega + k

    def z(self, signature, index):
        """The coefficient of z with this index, counted over all polynomials."""
        number = int.from_bytes(signature[self.z_start:self.hint_start], "little") >> self.z_bits * index
        return self.gamma1 - (number & (1 << self.z_bits) - 1)

    def with_z(self, signature, index, value):
        """The signature with another coefficient; from 1 - γ1 to γ1."""
        number = int.from_bytes(signature[self.z_start:self.hint_start], "little")
        number &= ~((1 << self.z_bits) - 1 << self.z_bits * index)
        number |= self.gamma1 - value << self.z_bits * index
        return signature[:self.z_start] + number.to_bytes(self.hint_start - self.z_start, "little") + signature[self.hint_start:]

    def hint(self, signature):
        """The places of the ones, a list for each polynomial."""
        y, lists, start = signature[self.hint_start:], [], 0
        for end in y[self.omega:]:
            lists.append(list(y[start:end]))
            start = end
        return lists

    def with_hint(self, signature, lists):
        places = [place for places in lists for place in places]
        ends = [sum(map(len, lists[:i + 1])) for i in range(self.k)]
        return signature[:self.hint_start] + bytes(places + [0] * (self.omega - len(places)) + ends)

    def with_byte(self, signature, index, value):
        """The signature with another byte of the encoded hint."""
        place = self.hint_start + index
        return signature[:place] + bytes([value]) + signature[place + 1:]


SETS = {p.name: p for p in (Parameters("ML-DSA-44", 4, 4, 39, 32, 17, 80, 2), Parameters("ML-DSA-65", 6, 5, 49, 48, 19, 55, 4),
                            Parameters("ML-DSA-87", 8, 7, 60, 64, 19, 75, 2))}


def flipped(data, bit):
    return data[:bit // 8] + bytes([data[bit // 8] ^ 1 << bit % 8]) + data[bit // 8 + 1:]
