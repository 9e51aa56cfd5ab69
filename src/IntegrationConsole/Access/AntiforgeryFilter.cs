using Microsoft.AspNetCore.Antiforgery;

namespace IntegrationConsole.Access;

/// <summary>For endpoints without a bound form: the framework checks the token only where it binds one.</summary>
public static class AntiforgeryFilter
{
    public static async ValueTask<object?> Check(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var antiforgery = context.HttpContext.RequestServices.GetRequiredService<IAntiforgery>();
        return await antiforgery.IsRequestValidAsync(context.HttpContext)
            ? await next(context)
            : Results.Problem("The form has expired: reload the page and try again.", statusCode: StatusCodes.Status400BadRequest);
    }
}
