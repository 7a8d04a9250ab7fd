"""Deployment to AWS with the CDK."""
