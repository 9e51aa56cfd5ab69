namespace IntegrationConsole.Health.Probes;

/// <summary>For whoever starts and watches the process: no sign-in, and no more than a word about each thing.</summary>
internal static class ProbeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new { status = "live" })).AllowAnonymous();
        routes.MapGet("/health/ready", async (Readiness readiness, CancellationToken cancellationToken) =>
        {
            var (ready, checks) = await readiness.CheckAsync(cancellationToken);
            return Results.Json(
                new { status = ready ? "ready" : "not ready", checks }, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        }).AllowAnonymous();
    }
}
