func runVectorsCommand(_ options: Options) -> Int32 { usageError("not yet") }
