// Placeholder.swift - this module is not written yet.
