"""Firewall stack: AWS WAF for CloudFront, which must be in us-east-1 whatever the API's region."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import ArnFormat, Environment, Stack
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.log_group import one_month_log_group

REGION: Final = "us-east-1"

_REQUESTS_IN_FIVE_MINUTES: Final = 30_000
"""Rate limit of one address. It equals the limit of one API key (6,000 requests a minute)."""

_COUNTED_RULES: Final[Mapping[str, tuple[str, ...]]] = {
    "AWSManagedRulesCommonRuleSet": (
        "NoUserAgent_HEADER",
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "EC2MetaDataSSRF_BODY",
    ),
    "AWSManagedRulesKnownBadInputsRuleSet": (
        "JavaDeserializationRCE_BODY",
        "Log4JRCE_BODY",
        "ReactJSRCE_BODY",
    ),
}
"""Rules that count requests instead of blocking them, by rule group.

The firewall inspects the first 16 KB of a body and ignores the rest, whatever its length. A body is a file,
or a prompt with a schema, whose text may contain markup and addresses. The functions validate bodies
themselves. Clients are programs, and some send no ``User-Agent`` by default: PHP's curl, Rust's reqwest,
``fetch`` in a Cloudflare worker."""

_MANAGED_RULE_GROUPS: Final = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)

_SECRET_HEADERS: Final = ("authorization", "x-api-key")
"""The log has neither these headers nor the query, which may be the token of a download."""


class FirewallStack(Stack):
    """The web ACL and its log."""

    def __init__(self, scope: Construct, configuration: Configuration) -> None:
        super().__init__(
            scope,
            f"{configuration.name}-firewall",
            description="Web firewall of VideoVector Server.",
            env=Environment(region=REGION),
            termination_protection=configuration.deletion_protection,
            cross_region_references=True,
        )
        rules = [
            _rate_limit_rule(0),
            *(_managed_rule_group(name, order) for order, name in enumerate(_MANAGED_RULE_GROUPS, start=1)),
        ]
        self.acl = waf.CfnWebACL(
            self,
            "Acl",
            name=configuration.name,
            scope="CLOUDFRONT",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            rules=rules,
            visibility_config=_visibility(configuration.name),
        )
        self._log(configuration)

    def _log(self, configuration: Configuration) -> None:
        log = one_month_log_group(self, "Log", f"aws-waf-logs-{configuration.name}")
        waf.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.acl.attr_arn,
            log_destination_configs=[
                self.format_arn(
                    service="logs",
                    resource="log-group",
                    resource_name=log.log_group_name,
                    arn_format=ArnFormat.COLON_RESOURCE_NAME,
                )
            ],
            redacted_fields=[
                waf.CfnLoggingConfiguration.FieldToMatchProperty(query_string={}),
                *(
                    waf.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": name})
                    for name in _SECRET_HEADERS
                ),
            ],
        )


def _rate_limit_rule(order: int) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name="TooManyFromOneAddress",
        priority=order,
        action=waf.CfnWebACL.RuleActionProperty(block={}),
        statement=waf.CfnWebACL.StatementProperty(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                limit=_REQUESTS_IN_FIVE_MINUTES, aggregate_key_type="IP"
            )
        ),
        visibility_config=_visibility("TooManyFromOneAddress"),
    )


def _managed_rule_group(name: str, order: int) -> waf.CfnWebACL.RuleProperty:
    counted = _COUNTED_RULES.get(name, ())
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=order,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=name,
                rule_action_overrides=[
                    waf.CfnWebACL.RuleActionOverrideProperty(
                        name=rule, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
                    )
                    for rule in counted
                ],
            )
        ),
        visibility_config=_visibility(name),
    )


def _visibility(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
