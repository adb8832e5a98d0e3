"""The path through an API: its settings in moto, API Gateway's behaviour in gateway.py, the function under the emulator.

moto's API Gateway cannot call the function: it stores authorizers and never invokes one (the first test shows it, and
fails if that changes), and its Lambda starts containers, which these tests do without. So gateway.py reads the
authorizer from moto and sends the Runtime Interface Emulator the event that API Gateway would send.
"""
import json

import boto3, pytest

from conftest import ISSUER, AUDIENCE, challenge, free_port
from gateway import ACCOUNT, REGION, STAGE, Gateway

URI = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:{REGION}:{ACCOUNT}:function:authorizer/invocations"
EXPRESSION = "^[Bb]earer [A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$"


@pytest.fixture
def client(cognito):
    """moto's API Gateway, in the same server as its Cognito."""
    return lambda service: boto3.client(service, region_name=REGION, endpoint_url=f"http://127.0.0.1:{cognito['port']}",
                                        aws_access_key_id="x", aws_secret_access_key="x")


def rest_api(api, kind, **further):
    api_id = api.create_rest_api(name="api")["id"]
    source = "method.request.header.Authorization"
    authorizer = api.create_authorizer(restApiId=api_id, name="tokens", type=kind, authorizerUri=URI, identitySource=source,
                                       authorizerResultTtlInSeconds=300, **further)
    return api_id, authorizer["id"]


def test_moto_does_not_invoke_authorizers(key_server):
    """In this process, because moto's server does not invoke the APIs that it stores."""
    import moto, requests
    behind = key_server({"keys": []})
    with moto.mock_aws():
        api = boto3.client("apigateway", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
        api_id, authorizer = rest_api(api, "TOKEN")
        at = {"restApiId": api_id, "resourceId": api.get_resources(restApiId=api_id)["items"][0]["id"], "httpMethod": "GET"}
        api.put_method(**at, authorizationType="CUSTOM", authorizerId=authorizer)
        api.put_method_response(**at, statusCode="200")
        api.put_integration(**at, type="HTTP", uri=behind.url, integrationHttpMethod="GET")
        api.put_integration_response(**at, statusCode="200", selectionPattern="")
        api.create_deployment(restApiId=api_id, stageName=STAGE)
        # Without a token, and with an authorizer that is nowhere: the integration is reached.
        status = requests.get(f"https://{api_id}.execute-api.{REGION}.amazonaws.com/{STAGE}", timeout=30).status_code
    assert (status, behind.count) == (200, 1)


@pytest.fixture
def api(client, function, issuer):
    """An API of one of the four kinds with its authorizer in moto, and a function of its own."""

    def make(kind, keys="here", sources=("$request.header.Authorization",), simple=False, **settings):
        if kind in ("TOKEN", "REQUEST"):
            service = client("apigateway")
            api_id, authorizer = rest_api(service, kind, **({"identityValidationExpression": EXPRESSION} if kind == "TOKEN" else {}))
            read = service.get_authorizer(restApiId=api_id, authorizerId=authorizer)
            # moto forgets this one.
            read.setdefault("identityValidationExpression", EXPRESSION)
        else:
            service = client("apigatewayv2")
            api_id = service.create_api(Name="api", ProtocolType="HTTP")["ApiId"]
            authorizer = service.create_authorizer(
                ApiId=api_id, Name="tokens", AuthorizerType="REQUEST", AuthorizerUri=URI, AuthorizerPayloadFormatVersion=kind,
                AuthorizerResultTtlInSeconds=300, IdentitySource=list(sources), **({"EnableSimpleResponses": True} if simple else {}))["AuthorizerId"]
            read = service.get_authorizer(ApiId=api_id, AuthorizerId=authorizer)
        source = {"JWKS": json.dumps(issuer.key_set())} if keys == "here" else {"JWKS_URI": f"http://127.0.0.1:{free_port()}/"}
        one = function(**{"RESOURCE": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/{STAGE}/*", "ISSUER": ISSUER, "AUDIENCE": AUDIENCE,
                          "CONTEXT_CLAIMS": "sub", "REQUIRED_SCOPES": "orders:read", **source, **settings})
        return Gateway(one, api_id, read, kind)

    return make


def bearer(token):
    return {"authorization": "Bearer " + token}


KINDS = [("TOKEN", {}), ("REQUEST", {}), ("1.0", {}), ("2.0", {}), ("2.0", {"simple": True, "HTTP_API_RESPONSE": "simple"})]


@pytest.mark.parametrize("kind, further", KINDS, ids=["token", "request", "http-1.0", "http-2.0", "http-2.0-simple"])
def test_the_clients_response(api, issuer, kind, further):
    gateway = api(kind, **further)
    good = bearer(issuer.token(scope="orders:read"))
    assert gateway.request("GET", "/orders/42", good) == (200, {"sub": "alice"})
    # The cached policy also decides other routes, without another invocation.
    assert gateway.request("POST", "/orders", good) == (200, {"sub": "alice"})
    assert gateway.invocations == 1
    assert gateway.request("GET", "/orders/42", bearer(issuer.token(scope="orders:write"))) == (403, {"reason": "scope_missing", **challenge("orders:read")})
    is_http = kind in ("1.0", "2.0")
    expired = gateway.request("GET", "/orders/42", bearer(issuer.token(scope="orders:read", exp=1)))
    assert expired == ((403, {"reason": "token_expired"}) if is_http else (401, None))
    # No token, or (TOKEN) none that looks like one: the gateway answers alone.
    before = gateway.invocations
    assert gateway.request("GET", "/orders/42") == (401, None)
    assert gateway.invocations == before
    basic = gateway.request("GET", "/orders/42", {"Authorization": "Basic eDp5"})
    assert basic == ((403, {"reason": "token_scheme"}) if is_http else (401, None))
    assert gateway.invocations == before + (kind != "TOKEN")


@pytest.mark.parametrize("kind, further", KINDS, ids=["token", "request", "http-1.0", "http-2.0", "http-2.0-simple"])
def test_without_keys_nothing_is_cached(api, issuer, kind, further):
    gateway = api(kind, keys="missing", HTTP_API_UNAUTHORIZED="error", **further)
    for count in (1, 2):
        assert gateway.request("GET", "/orders/42", bearer(issuer.token(scope="orders:read"))) == (500, None)
        assert gateway.invocations == count


@pytest.mark.parametrize("simple", [False, True])
def test_an_http_api_gets_401_by_setting(api, issuer, simple):
    gateway = api("2.0", simple=simple, HTTP_API_RESPONSE="simple" if simple else "iam", HTTP_API_UNAUTHORIZED="error")
    assert gateway.request("GET", "/", bearer(issuer.token(scope="orders:read", exp=1))) == (401, None)
    assert gateway.request("GET", "/", bearer(issuer.token(scope="orders:write")))[0] == 403


@pytest.mark.parametrize("simple", [False, True])
def test_an_answer_in_the_other_form_allows_no_request(api, issuer, simple):
    """EnableSimpleResponses and HTTP_API_RESPONSE must agree; otherwise each request is a 500."""
    gateway = api("2.0", simple=simple, HTTP_API_RESPONSE="iam" if simple else "simple")
    assert gateway.request("GET", "/", bearer(issuer.token(scope="orders:read"))) == (500, None)


def test_a_cached_simple_answer_applies_to_every_route(api, issuer):
    """The limit of simple answers: RESOURCE is compared once, by the function; the gateway caches a Boolean, not a policy."""
    token = bearer(issuer.token(scope="orders:read"))
    resource = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:*/{STAGE}/GET/*"
    policy = api("2.0", RESOURCE=resource)
    assert [policy.request(method, "/orders", token)[0] for method in ("GET", "POST", "GET")] == [200, 403, 200]
    word = api("2.0", simple=True, HTTP_API_RESPONSE="simple", RESOURCE=resource)
    assert [word.request(method, "/orders", token)[0] for method in ("GET", "POST")] == [200, 200]
    by_route = api("2.0", simple=True, HTTP_API_RESPONSE="simple", RESOURCE=resource, sources=("$request.header.Authorization", "$context.routeKey"))
    assert [by_route.request(method, "/orders", token) for method in ("GET", "POST", "GET")] == [
        (200, {"sub": "alice"}), (403, {"reason": "resource_not_covered"}), (200, {"sub": "alice"})]
    assert by_route.invocations == 2


def test_a_token_in_the_query_of_an_http_api(api, issuer):
    gateway = api("2.0", sources=("$request.querystring.access_token",), TOKEN_SOURCES="header:Authorization,query:access_token")
    token = issuer.token(scope="orders:read")
    assert gateway.request("GET", "/", query={"access_token": token})[0] == 200
    assert gateway.request("GET", "/", bearer(token), query={"access_token": token + "x"}) == (403, {"reason": "token_repeated"})
