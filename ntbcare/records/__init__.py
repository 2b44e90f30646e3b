"""First floor: rows and queries; never commit (only `work` does), never decide."""
