using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "app", worker = .app)],
  sockets = [(name = "http", address = "127.0.0.1:3000", http = (), service = "app")],
);

const app :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "dist/server.js")],
  compatibilityDate = "2026-11-01",
  bindings = [(name = "SECRET", fromEnvironment = "SECRET")],
);
