"use client";
import { ErrorPage } from "#app/_ui/error-page.tsx";

export default ErrorPage;
