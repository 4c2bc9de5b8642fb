"""A look inside: layers and their parameters, what a recurrent layer gives back, and its states at each step."""
