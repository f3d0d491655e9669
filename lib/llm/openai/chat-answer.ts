import { z } from "zod";

/** What an endpoint answers, as far as it is read. */
export const chatAnswer = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        logprobs: z
          .object({
            content: z
              .array(
                z.object({ top_logprobs: z.array(z.object({ token: z.string(), logprob: z.number() })) }),
              )
              .nullish(),
          })
          .nullish(),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }).nullish(),
});
export type ChatAnswer = z.output<typeof chatAnswer>;
