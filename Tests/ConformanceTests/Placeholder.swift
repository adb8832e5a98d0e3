// Placeholder.swift - this module's tests are not written yet.
