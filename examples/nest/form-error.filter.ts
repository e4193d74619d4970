import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, UnprocessableEntityException } from "@nestjs/common";
import { HttpAdapterHost } from "@nestjs/core";
import { error } from "onceover";

/** A form that cannot be saved: the page that has the form, and what is wrong with it. */
export class InvalidForm extends UnprocessableEntityException {
  readonly view: string;
  readonly model: object;

  constructor(view: string, model: object, message: string) {
    super(message);
    this.view = view;
    this.model = model;
  }
}

/** Shows the form again, on either platform, with the error among its messages. */
@Catch(InvalidForm)
export class FormErrorFilter implements ExceptionFilter<InvalidForm> {
  readonly #host: HttpAdapterHost;

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    this.#host = host;
  }

  catch(exception: InvalidForm, context: ArgumentsHost) {
    const { httpAdapter } = this.#host;
    const response = context.switchToHttp().getResponse();
    error(context.switchToHttp().getRequest(), exception.message);
    httpAdapter.status(response, exception.getStatus());
    return httpAdapter.render(response, exception.view, exception.model);
  }
}
