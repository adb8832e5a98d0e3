// A Lambda bootstrap that does the authorizer's main job with Node's own crypto module: the peer of Benchmarks/bootstrap.
'use strict';
const http = require('http'), crypto = require('crypto'), fs = require('fs');
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const keys = new Map();
for (const jwk of JSON.parse(fs.readFileSync(process.env.JWKS_URI, 'utf8')).keys) {
  keys.set(jwk.kid, crypto.createPublicKey({ key: jwk, format: 'jwk' }));
}

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const request = http.request({ host, port, method, path: '/2018-06-01/runtime' + path, agent, headers }, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(pieces).toString() }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

function decide(event) {
  const match = /^Bearer ([^ ]+)$/i.exec(event.authorizationToken || '');
  const parts = match ? match[1].split('.') : [];
  if (parts.length !== 3) throw new Error('Unauthorized');
  const header = JSON.parse(Buffer.from(parts[0], 'base64url'));
  const key = keys.get(header.kid);
  if (header.alg !== 'RS256' || !key) throw new Error('Unauthorized');
  const good = crypto.verify('sha256', Buffer.from(parts[0] + '.' + parts[1]), key, Buffer.from(parts[2], 'base64url'));
  const claims = good ? JSON.parse(Buffer.from(parts[1], 'base64url')) : {};
  const now = Date.now() / 1000, audiences = [].concat(claims.aud);
  if (!good || !(claims.exp > now - 60) || claims.iss !== process.env.ISSUER || !audiences.includes(process.env.AUDIENCE)) throw new Error('Unauthorized');
  return { principalId: claims.sub, policyDocument: { Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: process.env.RESOURCE }] } };
}

(async () => {
  for (;;) {
    const next = await call('GET', '/invocation/next').catch(() => process.exit(1));
    const id = next.headers['lambda-runtime-aws-request-id'];
    try {
      await call('POST', `/invocation/${id}/response`, JSON.stringify(decide(JSON.parse(next.body))));
    } catch (error) {
      await call('POST', `/invocation/${id}/error`, JSON.stringify({ errorMessage: 'Unauthorized', errorType: 'Error' }));
    }
  }
})();
