"""The web pages of the invented network: templates, their one style file, words."""
