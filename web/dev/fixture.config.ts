/** `npm run fixture`: a small project in memory answers the API, so that pages can be built without a server. */
import { defineConfig, mergeConfig } from "vite";
import base from "../vite.config";
import { fixtureMiddleware } from "./middleware";

export default mergeConfig(
  { ...base, server: {} },
  defineConfig({
    plugins: [
      {
        name: "fixture",
        configureServer: (server) => void server.middlewares.use(fixtureMiddleware()),
        configurePreviewServer: (server) => void server.middlewares.use(fixtureMiddleware()),
      },
    ],
  }),
);
