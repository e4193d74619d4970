import express from "express";
import { messages } from "onceover/express";
import { renderToString } from "react-dom/server";
import { MessageList } from "./message-list.tsx";

export const app = express();
app.use(messages({ secret: process.env.SECRET ?? "for development only: at least 32 characters" }));

app.post("/profile", (req, res) => {
  req.messages.success("Profile updated.");
  res.redirect(303, "/profile");
});

app.get("/profile", (req, res) => {
  res.send(renderToString(<MessageList messages={req.messages.toJSON()} />));
});
