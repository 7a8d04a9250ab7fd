"""CDK constructs that the stacks use."""
