"""Who may come in: regions, people, sessions and API keys. Owns schema `identity`."""
