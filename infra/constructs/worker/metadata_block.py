"""User data of a worker's instance: no container can reach the instance metadata service.

The service hands out the credentials of the instance's role. Batch runs a container on EC2 in the host's
network ("Networking modes for AWS Batch jobs"), so neither IMDSv2's hop limit nor the ECS agent's
``ECS_AWSVPC_BLOCK_IMDS`` applies. The firewall rejects by user instead: the worker's process is not root, and
the ECS agent, which needs the service, is. A second rule covers containers in a network of their own.
"""

from typing import Final

from aws_cdk import aws_ec2 as ec2

_BOOT_HOOK: Final = 'text/cloud-boothook; charset="us-ascii"'
"""Content type of a script that cloud-init runs early in each boot, before Docker and the ECS agent start."""

BLOCK_METADATA_SCRIPT: Final = r"""#!/bin/bash
service=169.254.169.254/32
if ! {
  iptables --table filter --insert OUTPUT --destination $service --match owner ! --uid-owner 0 \
    --jump REJECT &&
  iptables --table mangle --insert PREROUTING ! --in-interface lo --destination $service --jump DROP
}; then
  echo "The instance metadata service cannot be blocked. The ECS agent does not start." >&2
  systemctl mask --now ecs.service
fi
"""
"""If a rule cannot be set, the instance takes no jobs. The launch template turns the IPv6 endpoint off."""


def metadata_block() -> ec2.MultipartUserData:
    """Return the user data. Batch adds its own parts and accepts the MIME multi-part format only."""
    user_data = ec2.MultipartUserData()
    user_data.add_part(ec2.MultipartBody.from_raw_body(content_type=_BOOT_HOOK, body=BLOCK_METADATA_SCRIPT))
    return user_data
