/** Signs the cookies of the session and of the messages. */
export const secret: string = process.env.SECRET ?? "for development only: at least 32 characters";
