/** What users read of a refusal. */
export type UserWords = { title: string; message: string; hint: string };

export const askAdmin = "Ask your administrator for help.";
const ifItPersists = "Try again. If the problem persists, ask your administrator for help.";

/** The settings of the credential or of the provider are the cause. */
export const notSetUp: UserWords = {
  title: "This sign-in isn't set up correctly",
  message: "Sallyport or your identity provider has a setting that must be changed. Your account isn't the cause.",
  hint: askAdmin,
};

/** The provider knows the user, Sallyport has no role for them. */
export const noRole: UserWords = {
  title: "You have no access to Sallyport",
  message: "Your account has no role here.",
  hint: "Ask your administrator for access.",
};

export const notVerified: UserWords = {
  title: "The provider's answer can't be trusted",
  message: "Sallyport couldn't verify the identity provider's response.",
  hint: ifItPersists,
};

export const noAnswer: UserWords = {
  title: "The identity provider isn't available",
  message: "The identity provider didn't respond, or responded with an error.",
  hint: ifItPersists,
};

export const failedInside: UserWords = {
  title: "The sign-in did not work",
  message: "Something went wrong inside Sallyport.",
  hint: ifItPersists,
};

export const mfaMissing: UserWords = {
  title: "A second factor is required",
  message: "The identity provider didn't confirm that you used a second factor.",
  hint: "Sign in again with a second factor. If you used one, ask your administrator for help.",
};
