import { Body, Controller, Get, Post, Redirect, Render, UseFilters } from "@nestjs/common";
import { Messages } from "onceover/nest";
import { FormErrorFilter, InvalidForm } from "./form-error.filter.ts";

@Controller()
export class ProfileController {
  @Get()
  @Render("profile")
  show() {
    return { title: "Profile" };
  }

  @Post()
  @Redirect("/", 303)
  @UseFilters(FormErrorFilter)
  save(@Body("name") input: unknown, @Messages() messages: Messages) {
    const name = typeof input === "string" ? input.trim() : "";
    if (name === "") throw new InvalidForm("profile", { title: "Profile" }, "A name is needed.");
    messages.success(`Saved, ${name}.`);
  }

  @Get("about")
  @Render("about")
  about() {
    return { title: "About" };
  }
}
