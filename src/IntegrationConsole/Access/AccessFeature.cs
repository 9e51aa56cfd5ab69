using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Access;

public static class AccessFeature
{
    public const string SignInLimit = "sign-in";

    /// <param name="services">Takes the room.</param>
    /// <param name="isWorker">Whether this node forgets what cannot be taken back any more.</param>
    public static IServiceCollection AddAccess(this IServiceCollection services, bool isWorker = false)
    {
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddDbContext<AccessDbContext>((provider, db) => db.UseNpgsql(provider.GetRequiredService<ConsoleDatabase>().Source));
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<AccessStore>();
        services.AddSingleton<Undo>();
        services.AddSingleton<Reveals>();
        services.AddScoped<UndoOffer>();
        services.AddScoped<AccessLinks>();
        services.AddScoped<People>();
        services.AddScoped<SignIn>();
        services.AddScoped<Gatekeeper>();
        AddSessions(services);
        AddKeyRing(services);
        AddSignInLimit(services);
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, InvisibleAsNotFound>();
        if (isWorker)
        {
            services.AddRounds<Undo>("Forgetting what cannot be taken back any more", TimeSpan.FromHours(6), (undo, stopping) => undo.ForgetAsync(stopping));
        }

        services.AddScoped<IAuthorizationHandler, PermissionHandler>();

        // What says nothing needs a signed-in person; pages and endpoints for everybody say so by name.
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }

    /// <summary>Before the endpoints: who is it, may they, is the form theirs, is it too fast.</summary>
    public static WebApplication UseAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseAntiforgery();
        return app;
    }

    public static WebApplication MapAccess(this WebApplication app)
    {
        app.MapPost("/signout", async (SignIn signIn) =>
        {
            await signIn.EndAsync();
            return Results.LocalRedirect("/signin");
        }).WithMetadata(new AllowAttribute(Permission.View)).DisableAntiforgery().AddEndpointFilter(AntiforgeryFilter.Check);
        return app;
    }

    private static void AddSessions(IServiceCollection services)
    {
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SessionRevalidation>();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        services.AddIdentityCore<ConsoleUser>(identity =>
        {
            identity.User.RequireUniqueEmail = true;
            identity.User.AllowedUserNameCharacters = "";
            identity.Password.RequiredLength = 12;
            identity.Password.RequireDigit = false;
            identity.Password.RequireLowercase = false;
            identity.Password.RequireUppercase = false;
            identity.Password.RequireNonAlphanumeric = false;
            identity.Password.RequiredUniqueChars = 5;
            identity.Lockout.MaxFailedAccessAttempts = 5;
            identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
        }).AddPasswordValidator<GuessablePasswords>().AddEntityFrameworkStores<AccessDbContext>().AddSignInManager().AddDefaultTokenProviders();
        services.Configure<SecurityStampValidatorOptions>(stamp => stamp.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddOptions<Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme)
            .Configure<IOptions<AccessOptions>>((cookie, access) =>
            {
                cookie.Cookie.Name = "console-session";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = access.Value.SessionLasts;
                cookie.SlidingExpiration = true;
                cookie.LoginPath = "/signin";
                cookie.AccessDeniedPath = "/denied";
                cookie.ReturnUrlParameter = "to";
            });
        services.AddAntiforgery(forgery =>
        {
            forgery.Cookie.Name = "console-form";
            forgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
    }

    private static void AddKeyRing(IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("IntegrationConsole");
        services.AddOptions<KeyManagementOptions>().Configure<ConsoleDatabase, MasterKey>((keys, database, master) =>
        {
            keys.XmlRepository = new KeyRing(database);
            keys.XmlEncryptor = new KeyRingEncryptor(master);
        });
    }

    private static void AddSignInLimit(IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.AddPolicy(SignInLimit, context =>
        {
            var perMinute = context.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value.SignInsPerMinute;
            return HttpMethods.IsPost(context.Request.Method)
                ? RateLimitPartition.GetFixedWindowLimiter(
                    context.Connection.RemoteIpAddress?.ToString() ?? "",
                    _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute, Window = TimeSpan.FromMinutes(1) })
                : RateLimitPartition.GetNoLimiter("reading");
        });
    });
}
