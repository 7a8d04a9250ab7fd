"""What must outlive everything else: records, media, search index, and the key they are encrypted with."""

from typing import Final, cast

from aws_cdk import CfnOutput, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.configuration import Configuration, SearchEngine
from infra.constructs.search_collection import serverless_collection
from infra.constructs.search_engine import managed_domain
from infra.constructs.sign_in import token_issuer

PARTITION_KEY: Final = "partition"
SORT_KEY: Final = "sort"
EXPIRY_ATTRIBUTE: Final = "expires_at"

IMPORTS_PREFIX: Final = "imports/"
"""Files as they were sent: an import removes its own when it ends."""

DROP_PREFIX: Final = "drop/"
"""Files that were put straight into the bucket, to be imported. One that is refused stays, with a tag that
says why: nobody else has it, perhaps."""

_LEFT_OVER_DAYS: Final = 7
"""Longer than a signed link can work (604,800 s), so that nothing in use is taken away."""

_RECOVERY_DAYS: Final = 35
"""The most there is: what it costs follows from the table's size, not from these days."""


_PREFLIGHT_SECONDS: Final = 3600


class DataStack(Stack):
    """Everything here is retained when the stack is deleted."""

    def __init__(self, scope: Construct, configuration: Configuration) -> None:
        super().__init__(
            scope,
            f"{configuration.name}-data",
            description="Records, media and search index of VideoVector Server.",
            env=Environment(region=configuration.region),
            termination_protection=configuration.deletion_protection,
        )
        self._configuration = configuration
        self.key = kms.Key(
            self,
            "Key",
            description=f"Encrypts the records and media of {configuration.name}.",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self._let_alarms_use_the_key()
        self.table = self._records_table()
        self.media = self._media_bucket(self._access_logs_bucket())
        self._export("RecordsTable", self.table.table_name)
        self._export("MediaBucket", self.media.bucket_name)
        self._export("EncryptionKey", self.key.key_arn)
        self._export("EncryptionKeyId", self.key.key_id)
        self._search_engine()
        self._users()

    def _search_engine(self) -> None:
        """One that exists already is nobody's business here."""
        makers = {
            SearchEngine.DOMAIN: managed_domain,
            SearchEngine.SERVERLESS: serverless_collection,
        }
        if make := makers.get(self._configuration.search_engine):
            made = make(self, self._configuration, self.key)
            self._export("SearchEndpoint", made.endpoint)
            self._export("SearchArn", made.arn)
            self._export("SearchName", made.name)
            for name, value in made.more.items():
                self._export(name, value)

    def _users(self) -> None:
        """Whoever else signs them in keeps them."""
        if self._configuration.oidc_issuer is None:
            made = token_issuer(self, self._configuration)
            self._export("TokenIssuer", made.issuer)
            self._export("TokenAudience", made.audience)

    def _let_alarms_use_the_key(self) -> None:
        """Their topic is encrypted too, and CloudWatch cannot use a key of AWS's own for it."""
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )

    def _records_table(self) -> dynamodb.TableV2:
        """Capacity on demand in every size: it costs nothing while nothing is asked."""
        return dynamodb.TableV2(
            self,
            "Records",
            partition_key=dynamodb.Attribute(name=PARTITION_KEY, type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name=SORT_KEY, type=dynamodb.AttributeType.STRING),
            time_to_live_attribute=EXPIRY_ATTRIBUTE,
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.customer_managed_key(self.key),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True,
                recovery_period_in_days=_RECOVERY_DAYS,
            ),
            deletion_protection=self._configuration.deletion_protection,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _access_logs_bucket(self) -> s3.Bucket:
        """Not under the customer's key: the service that delivers these logs cannot use one."""
        return s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="old-logs", expiration=Duration.days(self._configuration.sizing.access_log_days)
                )
            ],
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _media_bucket(self, access_logs: s3.Bucket) -> s3.Bucket:
        """Without versions, because a deletion has to leave nothing behind."""
        bucket = s3.Bucket(
            self,
            "Media",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=False,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="media/",
            cors=self._pages(),
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="unfinished-uploads",
                    abort_incomplete_multipart_upload_after=Duration.days(_LEFT_OVER_DAYS),
                ),
                s3.LifecycleRule(
                    id="import-left-overs",
                    prefix=IMPORTS_PREFIX,
                    expiration=Duration.days(_LEFT_OVER_DAYS),
                ),
            ],
            removal_policy=RemovalPolicy.RETAIN,
        )
        _send_events(bucket)
        return bucket

    def _pages(self) -> list[s3.CorsRule] | None:
        """Pages put the parts of an upload session, or post its form, and need each part's ETag; with links
        they read media. Without a signed address a page can do nothing here."""
        if not self._configuration.origins_of_browsers:
            return None
        methods = s3.HttpMethods
        return [
            s3.CorsRule(
                allowed_origins=self._configuration.origins_of_browsers,
                allowed_methods=[methods.PUT, methods.POST, methods.GET, methods.HEAD],
                allowed_headers=["*"],
                exposed_headers=["ETag"],
                max_age=_PREFLIGHT_SECONDS,
            )
        ]

    def _export(self, name: str, value: str) -> None:
        CfnOutput(self, name, value=value, export_name=f"{self._configuration.name}-{name}")


def _send_events(bucket: s3.Bucket) -> None:
    """CloudFormation turns events on by itself; ``event_bridge_enabled`` would add a function for it."""
    resource = cast("s3.CfnBucket", bucket.node.default_child)
    resource.add_property_override(
        "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True
    )
