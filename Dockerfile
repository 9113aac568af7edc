# The image of `smic serve`, `smic webhook`, and of the sidecars, in which `smic agent` runs Envoy. One image for all: nodes have it once,
# and a server and its sidecars are always of one version.
#   docker build -t smic:$(node -p 'require("./package.json").version') .

FROM node:22-bookworm-slim AS build
WORKDIR /smic
# First what changes seldom, so that dependencies are installed again only when they have changed.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY schemas schemas
COPY proto proto
COPY scripts scripts
COPY compiler compiler
COPY server server
COPY webhook webhook
COPY agent agent
COPY install install
COPY demo demo
COPY cli cli
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts

# The release whose API the configuration follows: see proto/.
FROM envoyproxy/envoy:distroless-v1.40.0 AS envoy

FROM node:22-bookworm-slim
WORKDIR /smic
COPY --from=envoy /usr/local/bin/envoy /usr/local/bin/envoy
COPY --from=build /smic/package.json package.json
COPY --from=build /smic/node_modules node_modules
COPY --from=build /smic/dist dist
RUN ln -s /smic/dist/bin/smic.js /usr/local/bin/smic
ENV NODE_ENV=production
# Nobody's. The manifests and the injector name their own; none of them is root.
USER 65532:65532
ENTRYPOINT ["smic"]
