"""The generated pages of the documentation that need words of their own: errors, limits, commands."""
