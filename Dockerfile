# Two stages: one that compiles, with npm and the compilers; one that runs. Of the first, only the compiled program, its locked
# production dependencies and the Node of the lockfile reach the image.
#
# Both bases are arguments. The tags below move with their security updates; to pin one, ask your registry for its digest and
# give that: --build-arg BASE=debian:bookworm-slim@sha256:… . Without a registry: scripts/container/base.sh makes one of
# Debian packages. See docs/container.md.
ARG BUILD_BASE=node:24.21-bookworm-slim
ARG BASE=debian:bookworm-slim

FROM ${BUILD_BASE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --prefer-offline
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/bundle.ts ./scripts/bundle.ts
COPY src ./src
RUN npm run build \
 && cp -L "node_modules/node-linux-$(node -p process.arch)/bin/node" /app/node \
 && npm prune --omit=dev --omit=optional

FROM ${BASE}
ENV NODE_ENV=production
# Fixed numbers, so that volumes can be given to them; nobody logs in.
RUN groupadd --system --gid 10464 renewd \
 && useradd --system --uid 10464 --gid 10464 --home-dir /var/lib/renewd --shell /usr/sbin/nologin renewd \
 && install -d -o 10464 -g 10464 -m 0700 /var/lib/renewd \
 && install -d -m 0755 /etc/renewd
WORKDIR /app
COPY --from=build /app/node /usr/local/bin/node
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY bin ./bin
COPY config ./config
COPY LICENSE ./
# A number, so that Kubernetes can see that it is not root.
USER 10464:10464
# Database and keys. Everything else may be read-only: docker run --read-only.
VOLUME /var/lib/renewd
EXPOSE 9464
STOPSIGNAL SIGTERM
# Where the status listener is, as seen from inside the container; the port of `listen`.
ENV RENEWD_HEALTH_URL=http://127.0.0.1:9464/healthz
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.RENEWD_HEALTH_URL).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/renewd.js"]
CMD ["run"]
