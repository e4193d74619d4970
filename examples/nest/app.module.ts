import { Module } from "@nestjs/common";
import { MessagesModule } from "onceover/nest";
import { ProfileController } from "./profile.controller.ts";
import { secret } from "./secret.ts";

@Module({
  imports: [MessagesModule.forRoot({ secret })],
  controllers: [ProfileController],
})
export class AppModule {}
