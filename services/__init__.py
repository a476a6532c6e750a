"""The deployable services; they never import each other and talk by contracts only."""
