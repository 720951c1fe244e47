# The gateway as an image: `docker build --tag call-recordings-gateway .`

# Where the viewer is built, for which the tools of development are needed.
FROM node:24.21.0-slim AS viewer
WORKDIR /app
COPY package.json package-lock.json .npmrc schema.graphql tsconfig.json ./
COPY web web
RUN npm ci

# What runs, without what only people read. Node.js is the image's own, so that the package of it is left out.
FROM node:24.21.0-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
  && find node_modules \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete \
  && mkdir -p node_modules/.cache

FROM node:24.21.0-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=packages --chown=1000 /app/node_modules/.cache node_modules/.cache
COPY --from=viewer /app/web/dist web/dist
COPY package.json schema.graphql ./
COPY src src
# The user "node", as a number: Kubernetes cannot tell by a name that it is not root (runAsNonRoot).
USER 1000
# Started once over the emulator and ended, so that what it is compiled to is in the image, for this user, and a start is quick.
RUN export PORT=0 DRAIN_DELAY_MS=0; node src/main.ts > /tmp/started & \
  until grep --quiet '"listening"' /tmp/started; do kill -0 $! && sleep 0.2 || exit 1; done; kill -TERM $! && wait $! && rm /tmp/started
EXPOSE 4000
# For the HOST above: who listens on one address alone has to ask there.
HEALTHCHECK --start-period=10s --interval=10s --timeout=3s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + (process.env.PORT || 4000) + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# In this form no shell stands between Node.js and the signals.
CMD ["node", "src/main.ts"]
