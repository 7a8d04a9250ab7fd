"""Data stack: records, media, search index, users, and the KMS key that encrypts them."""

from typing import Final, cast

from aws_cdk import CfnOutput, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.configuration import Configuration, SearchEngine
from infra.constructs.search.collection import serverless_collection
from infra.constructs.search.domain import managed_domain
from infra.constructs.token_issuer import token_issuer

PARTITION_KEY: Final = "partition"
SORT_KEY: Final = "sort"
EXPIRY_ATTRIBUTE: Final = "expires_at"

IMPORTS_PREFIX: Final = "imports/"
"""Prefix of uploaded files. An import deletes its files when it ends."""

DROP_PREFIX: Final = "drop/"
"""Prefix of files that users put directly into the bucket for import. A refused file stays, tagged with the
reason, because it may be the only copy."""

_LEFTOVER_EXPIRY_DAYS: Final = 7
"""As long as the longest lifetime of a signed link (604,800 s), so that no file in use is deleted."""

_RECOVERY_DAYS: Final = 35
"""The longest period that DynamoDB supports. The price depends on the table's size, not on the period."""

_PREFLIGHT_SECONDS: Final = 3600


class DataStack(Stack):
    """Stateful resources. With deletion protection, all of them are retained when the stack is deleted."""

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
        self._allow_alarms_to_use_key()
        self.table = self._records_table()
        self.media = self._media_bucket(self._access_logs_bucket())
        self._export("RecordsTable", self.table.table_name)
        self._export("RecordsStream", self.table.table_stream_arn or "")
        self._export("MediaBucket", self.media.bucket_name)
        self._export("EncryptionKey", self.key.key_arn)
        self._export("EncryptionKeyId", self.key.key_id)
        self._create_search_engine()
        self._create_token_issuer()

    def _create_search_engine(self) -> None:
        """Create and export the search engine, unless it is external."""
        constructors = {
            SearchEngine.DOMAIN: managed_domain,
            SearchEngine.SERVERLESS: serverless_collection,
        }
        if create := constructors.get(self._configuration.search_engine):
            engine = create(self, self._configuration, self.key)
            self._export("SearchEndpoint", engine.endpoint)
            self._export("SearchArn", engine.arn)
            self._export("SearchName", engine.name)
            for name, value in engine.extra_exports.items():
                self._export(name, value)

    def _create_token_issuer(self) -> None:
        """Create and export the user pool, unless another issuer is chosen."""
        if self._configuration.oidc_issuer is None:
            pool = token_issuer(self, self._configuration)
            self._export("TokenIssuer", pool.issuer)
            self._export("TokenAudience", pool.audience)

    def _allow_alarms_to_use_key(self) -> None:
        """Let CloudWatch publish to the alarm topic, which this key encrypts.

        CloudWatch cannot publish to a topic that is encrypted with an AWS managed key.
        """
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
        """Create the table with on-demand capacity, which costs nothing without requests, in every size.

        Its stream feeds the consumers of events. DynamoDB keeps a change in it for 24 hours, encrypted as
        in the table.
        """
        return dynamodb.TableV2(
            self,
            "Records",
            partition_key=dynamodb.Attribute(name=PARTITION_KEY, type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name=SORT_KEY, type=dynamodb.AttributeType.STRING),
            time_to_live_attribute=EXPIRY_ATTRIBUTE,
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.customer_managed_key(self.key),
            dynamo_stream=dynamodb.StreamViewType.NEW_IMAGE,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True,
                recovery_period_in_days=_RECOVERY_DAYS,
            ),
            deletion_protection=self._configuration.deletion_protection,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _access_logs_bucket(self) -> s3.Bucket:
        """Create the access log bucket, encrypted by S3: log delivery does not support customer managed
        keys."""
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
        """Create the media bucket without versioning, because deleted media must leave no copy."""
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
            cors=self._cors_rules(),
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="unfinished-uploads",
                    abort_incomplete_multipart_upload_after=Duration.days(_LEFTOVER_EXPIRY_DAYS),
                ),
                s3.LifecycleRule(
                    id="import-left-overs",
                    prefix=IMPORTS_PREFIX,
                    expiration=Duration.days(_LEFTOVER_EXPIRY_DAYS),
                ),
            ],
            removal_policy=RemovalPolicy.RETAIN,
        )
        _enable_eventbridge(bucket)
        return bucket

    def _cors_rules(self) -> list[s3.CorsRule] | None:
        """Return the CORS rules for browser uploads and media links.

        Pages upload the parts of an upload session with PUT, or its form with POST, and need each part's
        ETag. They read media through signed links. Without a signed URL, a page has no access.
        """
        if not self._configuration.uploading_origins:
            return None
        methods = s3.HttpMethods
        return [
            s3.CorsRule(
                allowed_origins=self._configuration.uploading_origins,
                allowed_methods=[methods.PUT, methods.POST, methods.GET, methods.HEAD],
                allowed_headers=["*"],
                exposed_headers=["ETag"],
                max_age=_PREFLIGHT_SECONDS,
            )
        ]

    def _export(self, name: str, value: str) -> None:
        CfnOutput(self, name, value=value, export_name=f"{self._configuration.name}-{name}")


def _enable_eventbridge(bucket: s3.Bucket) -> None:
    """Send the bucket's events to EventBridge.

    CloudFormation has a property for it. The CDK's ``event_bridge_enabled`` would add a Lambda function
    instead.
    """
    resource = cast("s3.CfnBucket", bucket.node.default_child)
    resource.add_property_override(
        "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True
    )
