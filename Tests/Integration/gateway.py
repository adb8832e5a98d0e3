"""API Gateway's behaviour around a Lambda authorizer: identity sources, the validation expression, the event, the answer's policy,
the result cache. The authorizer's settings are read from moto, which stores them without applying them.

Written after the API Gateway Developer Guide; not compared with AWS itself.
"""
import re, time

ACCOUNT, REGION, STAGE = "123456789012", "eu-central-1", "prod"


def matches(pattern, text):
    """IAM's wildcards."""
    return re.fullmatch("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), text, re.S) is not None


def policy_allows(policy, arn):
    """An explicit Deny takes precedence; what no statement matches is denied."""
    found = set()
    for statement in policy["Statement"]:
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        if any(matches(resource, arn) for resource in resources):
            found.add(statement["Effect"])
    return "Allow" in found and "Deny" not in found


class Gateway:
    """An API that protects all its routes with the authorizer."""

    def __init__(self, function, api_id, settings, kind):
        self.function, self.api_id, self.kind = function, api_id, kind
        if kind in ("TOKEN", "REQUEST"):
            self.sources = settings["identitySource"].split(",")
            self.ttl = settings.get("authorizerResultTtlInSeconds", 300)
            self.expression = settings.get("identityValidationExpression") if kind == "TOKEN" else None
            self.is_simple = False
        else:
            self.sources = settings["IdentitySource"]
            self.ttl = settings.get("AuthorizerResultTtlInSeconds", 0)
            self.expression = None
            self.is_simple = settings.get("EnableSimpleResponses", False)
        self.cache, self.invocations = {}, 0

    def identity(self, source, request):
        where, name = re.fullmatch(r"(?:method\.request|\$request)\.(header|querystring)\.(.+)|.+", source).groups() if "request" in source else (None, None)
        if where == "header":
            return next((v for k, v in request["headers"].items() if k.lower() == name.lower()), None)
        if where == "querystring":
            return request["query"].get(name)
        assert source == "$context.routeKey", source
        return f"{request['method']} {request['path']}"

    def request(self, method, path, headers=None, query=None):
        """The status that the client receives, and the input of the integration or of the 403's template."""
        request = {"method": method, "path": path, "headers": headers or {}, "query": query or {}}
        arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{self.api_id}/{STAGE}/{method}{path}"
        identity = tuple(self.identity(source, request) for source in self.sources)
        if not all(identity):
            return 401, None
        if self.expression and not re.search(self.expression, identity[0]):
            return 401, None
        kept = self.cache.get(identity)
        if kept and kept[0] > time.time():
            return self.apply(kept[1], arn)
        self.invocations += 1
        answer = self.function.invoke(self.event(request, arn, identity))
        if not isinstance(answer, dict) or "errorMessage" in answer:
            return (401, None) if isinstance(answer, dict) and answer["errorMessage"] == "Unauthorized" else (500, None)
        if self.ttl:
            self.cache[identity] = time.time() + self.ttl, answer
        return self.apply(answer, arn)

    def apply(self, answer, arn):
        if self.is_simple:
            if not isinstance(answer.get("isAuthorized"), bool):
                return 500, None
            return 200 if answer["isAuthorized"] else 403, answer.get("context")
        if "principalId" not in answer or "policyDocument" not in answer:
            return 500, None
        return 200 if policy_allows(answer["policyDocument"], arn) else 403, answer.get("context")

    def event(self, request, arn, identity):
        headers, query = request["headers"], request["query"]
        if self.kind == "TOKEN":
            return {"type": "TOKEN", "authorizationToken": identity[0], "methodArn": arn}
        if self.kind == "2.0":
            return {"version": "2.0", "type": "REQUEST", "routeArn": arn, "identitySource": list(identity), "routeKey": f"{request['method']} {request['path']}",
                    "rawPath": f"/{STAGE}{request['path']}", "rawQueryString": "&".join(f"{k}={v}" for k, v in query.items()),
                    "headers": {k.lower(): v for k, v in headers.items()}, **({"queryStringParameters": query} if query else {}),
                    "requestContext": {"accountId": ACCOUNT, "apiId": self.api_id, "domainName": f"{self.api_id}.execute-api.{REGION}.amazonaws.com",
                                       "http": {"method": request["method"], "path": f"/{STAGE}{request['path']}"}, "requestId": "id", "stage": STAGE}}
        event = {"type": "REQUEST", "methodArn": arn, "resource": request["path"], "path": request["path"], "httpMethod": request["method"],
                 "headers": headers, "multiValueHeaders": {k: [v] for k, v in headers.items()}, "queryStringParameters": query,
                 "multiValueQueryStringParameters": {k: [v] for k, v in query.items()}, "pathParameters": {}, "stageVariables": {},
                 "requestContext": {"accountId": ACCOUNT, "apiId": self.api_id, "stage": STAGE, "requestId": "id", "identity": {"sourceIp": "203.0.113.7"}}}
        if self.kind == "1.0":
            event = {"version": "1.0", **event, "identitySource": ",".join(identity), "authorizationToken": identity[0]}
        return event
