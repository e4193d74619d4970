export const secret = process.env.SECRET ?? "for development only: at least 32 characters";
