"""Issuer of the bearer tokens that the API accepts besides API keys."""

from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.configuration import Configuration
from infra.constructs.acknowledgments import acknowledge


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """OIDC issuer and audience of bearer tokens."""

    issuer: str
    audience: str


def token_issuer(scope: Construct, configuration: Configuration) -> TokenIssuer:
    """Return the chosen issuer, or create a Cognito user pool, which is free below 10,000 users a month."""
    if configuration.oidc_issuer is not None and configuration.oidc_audience is not None:
        return TokenIssuer(configuration.oidc_issuer, configuration.oidc_audience)
    pool = cognito.UserPool(
        scope,
        "Users",
        user_pool_name=configuration.name,
        self_sign_up_enabled=False,
        sign_in_aliases=cognito.SignInAliases(email=True),
        sign_in_case_sensitive=False,
        mfa=cognito.Mfa.OPTIONAL,
        mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
        password_policy=cognito.PasswordPolicy(
            min_length=12,
            require_digits=True,
            require_lowercase=True,
            require_uppercase=True,
            require_symbols=True,
        ),
        account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
        deletion_protection=configuration.deletion_protection,
        removal_policy=RemovalPolicy.RETAIN if configuration.deletion_protection else RemovalPolicy.DESTROY,
    )
    acknowledge(
        pool,
        COG2="MFA is optional for each user. Programs use API keys, not passwords.",
        COG8="The plan with threat protection is billed per user. Only administrators create users.",
        COG3="Threat protection is part of a plan that is billed per user. Only administrators create users.",
    )
    client = pool.add_client(
        "Client",
        user_pool_client_name=f"{configuration.name}-users",
        generate_secret=False,
        auth_flows=cognito.AuthFlow(user_srp=True),
        disable_o_auth=True,
        prevent_user_existence_errors=True,
        access_token_validity=Duration.hours(1),
        id_token_validity=Duration.hours(1),
        refresh_token_validity=Duration.days(30),
    )
    region = Stack.of(scope).region
    issuer = f"https://cognito-idp.{region}.amazonaws.com/{pool.user_pool_id}"
    return TokenIssuer(issuer, client.user_pool_client_id)
