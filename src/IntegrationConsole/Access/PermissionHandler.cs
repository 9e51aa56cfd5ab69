using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using BlazorRouteData = Microsoft.AspNetCore.Components.RouteData;

namespace IntegrationConsole.Access;

/// <summary>
/// Decides every page and endpoint, on the first request and on every navigation inside a circuit, from the database:
/// a role that was taken away is gone at the next step.
/// </summary>
internal sealed class PermissionHandler(AccessStore access, AuditTrail audit) : AuthorizationHandler<PermissionRequirement>
{
    /// <summary>The tenant does not exist for this person; the answer must not tell the two cases apart.</summary>
    public const string Invisible = "invisible";

    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        if (context.User.UserId is not { } userId)
        {
            return;
        }

        var (slug, path, cancellationToken) = WhereOf(context.Resource);
        var tenant = slug is null ? null : await access.FindTenantAsync(userId, slug, cancellationToken);
        var may = slug is null
            ? requirement.Permission is Permission.View || await access.IsPlatformAdminAsync(userId, cancellationToken)
            : tenant?.May(requirement.Permission) == true;
        if (may)
        {
            context.Succeed(requirement);
            return;
        }

        if (slug is not null && tenant is null)
        {
            context.Fail(new AuthorizationFailureReason(this, Invisible));
        }

        await audit.RecordAsync(tenant?.Id, context.User.Actor, new AuditEvent(
            "open", "page", path, path, $"needs: {requirement.Permission.NeededRole}", AuditResult.Denied), cancellationToken);
    }

    private static (string? Slug, string Path, CancellationToken CancellationToken) WhereOf(object? resource) => resource switch
    {
        HttpContext http => (http.Request.RouteValues["tenant"] as string, http.Request.Path, http.RequestAborted),
        BlazorRouteData route => (route.RouteValues.GetValueOrDefault("tenant") as string, route.Template ?? route.PageType.Name, CancellationToken.None),
        _ => (null, "", CancellationToken.None),
    };
}

/// <summary>Answers a tenant that one may not see like one that does not exist.</summary>
internal sealed class InvisibleAsNotFound : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Forbidden)
        {
            var invisible = authorizeResult.AuthorizationFailure?.FailureReasons.Any(reason => reason.Message == PermissionHandler.Invisible) == true;
            context.Response.StatusCode = invisible ? StatusCodes.Status404NotFound : StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return _usual.HandleAsync(next, context, policy, authorizeResult);
    }
}

public static class Principals
{
    extension(ClaimsPrincipal principal)
    {
        public Guid? UserId => Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null;

        public Actor Actor => new(principal.UserId, principal.Identity?.Name ?? "nobody");
    }
}
