"""Published models, one a file, each with a `model` and what its paper defines beside it."""
