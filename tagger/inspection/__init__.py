"""A look inside a network: its layers, its states, and the pages that show them."""
