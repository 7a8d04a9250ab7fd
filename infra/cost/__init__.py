"""Cost estimates of a deployment on AWS."""
