"""Social media: one package or file per provider."""
