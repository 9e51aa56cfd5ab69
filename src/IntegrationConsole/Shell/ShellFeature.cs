
using IntegrationConsole.Access;
using IntegrationConsole.Shell.Views;

namespace IntegrationConsole.Shell;

public static class ShellFeature
{
    /// <summary>A change event carries its value twice; the largest record that may be edited in a page has 1 MB.</summary>
    private const long LargestMessage = 4 * 1024 * 1024;

    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddOptions<ShellOptions>().BindConfiguration(ShellOptions.Section);
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = LargestMessage);
        services.AddSingleton<NamedThings>();
        services.AddScoped<PaletteSearch>();
        services.AddSingleton<ViewStore>();
        services.AddSingleton<RailCounts>();
        return services;
    }

    /// <summary>Around everything: what goes wrong gets a page with an id, what is missing a page that says so.</summary>
    public static WebApplication UseShell(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandlingPath = "/status/500", CreateScopeForErrors = true,
            StatusCodeSelector = problem => problem.IsDatabaseOutage ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError,
        });
        app.UseStatusCodePagesWithReExecute("/status/{0}", createScopeForStatusCodePages: true);
        app.UseSecurityHeaders();
        return app;
    }

    public static WebApplication MapShell(this WebApplication app)
    {
        app.MapStaticAssets().Add(endpoint => endpoint.Metadata.Add(new Microsoft.AspNetCore.Authorization.AllowAnonymousAttribute()));
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = "'none'");
        return app;
    }
}
