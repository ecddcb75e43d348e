# Build stage: everything, because the compiler's platform package is an optional dependency. Nothing of it but the
# compiled program and its locked production dependencies reaches the image.
FROM node:24.21-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --omit=optional

FROM node:24.21-bookworm-slim
ENV NODE_ENV=production
# A fixed number, so that volumes can be given to it; nobody logs in as it.
RUN groupadd --system --gid 10464 renewd \
 && useradd --system --uid 10464 --gid 10464 --home-dir /var/lib/renewd --shell /usr/sbin/nologin renewd \
 && install -d -o renewd -g renewd -m 0700 /var/lib/renewd \
 && install -d -m 0755 /etc/renewd
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY bin ./bin
COPY config ./config
COPY LICENSE ./
USER renewd
# Database, keys. Everything else may be read-only: docker run --read-only.
VOLUME /var/lib/renewd
EXPOSE 9464
STOPSIGNAL SIGTERM
# Where the status listener is, as seen from inside the container; the port of `listen`.
ENV RENEWD_HEALTH_URL=http://127.0.0.1:9464/healthz
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.RENEWD_HEALTH_URL).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/renewd.js"]
CMD ["run"]
