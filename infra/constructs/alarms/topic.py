"""CloudWatch alarms that notify one SNS topic."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.names import Names

PERIOD = Duration.minutes(5)


def metric(namespace: str, name: str, statistic: str, **dimensions: str) -> cloudwatch.Metric:
    """Define a metric with a period of five minutes."""
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        statistic=statistic,
        dimensions_map=dimensions,
        period=PERIOD,
    )


class Alarms(Construct):
    """The SNS topic and its alarms.

    By default, missing data does not raise an alarm, because idle resources emit no metrics.
    """

    def __init__(self, scope: Construct, names: Names) -> None:
        super().__init__(scope, "Alarms")
        self._names = names
        self.all: list[cloudwatch.Alarm] = []
        self.topic = sns.Topic(
            self, "Topic", topic_name=names.of("alarms"), enforce_ssl=True, master_key=self._key()
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"ArnLike": {"aws:SourceArn": names.arn("cloudwatch", "alarm:*")}},
            )
        )
        if names.configuration.alarm_email is not None:
            self.topic.add_subscription(subscriptions.EmailSubscription(names.configuration.alarm_email))

    def _key(self) -> kms.IKey:
        """Import the KMS key of the data stack, whose key policy lets CloudWatch alarms use it."""
        return kms.Key.from_key_arn(self, "Key", self._names.key_arn)

    def add(
        self,
        title: str,
        measured: cloudwatch.IMetric,
        description: str,
        *,
        threshold: float = 0,
        periods: int = 1,
        below: bool = False,
        missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    ) -> cloudwatch.Alarm:
        """Add an alarm that fires above ``threshold``, or with ``below`` under it."""
        comparison = cloudwatch.ComparisonOperator
        alarm = cloudwatch.Alarm(
            self,
            title.title().replace("-", ""),
            alarm_name=self._names.of(title),
            alarm_description=description,
            metric=measured,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=comparison.LESS_THAN_THRESHOLD
            if below
            else comparison.GREATER_THAN_THRESHOLD,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        self.all.append(alarm)
        return alarm
