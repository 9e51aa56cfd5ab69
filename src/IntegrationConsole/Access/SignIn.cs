using Microsoft.AspNetCore.Identity;

namespace IntegrationConsole.Access;

/// <summary>Checks a password and begins a session.</summary>
public sealed class SignIn(SignInManager<ConsoleUser> signIns, UserManager<ConsoleUser> users, AuditTrail audit, TimeProvider clock)
{
    /// <returns>Why not, in a sentence that does not say whether the person exists; empty when signed in.</returns>
    public async Task<string> TryAsync(string email, string password, bool remember, CancellationToken cancellationToken)
    {
        var user = await users.FindByEmailAsync(email.Trim());
        if (user is null || user.DisabledAt is not null)
        {
            // Costs what a real check costs, so the time does not tell either.
            users.PasswordHasher.VerifyHashedPassword(new ConsoleUser(), DummyHash, password);
            await RecordAsync(user, email, "refused", AuditResult.Denied, cancellationToken);
            return Wrong;
        }

        var result = await signIns.PasswordSignInAsync(user, password, remember, lockoutOnFailure: true);
        if (result.IsLockedOut)
        {
            await RecordAsync(user, email, "locked out", AuditResult.Denied, cancellationToken);
            return "Too many wrong passwords. Wait five minutes, or ask a platform admin for a new link.";
        }

        if (!result.Succeeded)
        {
            await RecordAsync(user, email, "wrong password", AuditResult.Denied, cancellationToken);
            return Wrong;
        }

        user.LastSeenAt = clock.GetUtcNow();
        await users.UpdateAsync(user);
        await RecordAsync(user, email, "", AuditResult.Done, cancellationToken);
        return "";
    }

    public Task BeginAsync(ConsoleUser user) => signIns.SignInAsync(user, isPersistent: false);

    public Task EndAsync() => signIns.SignOutAsync();

    private const string Wrong = "The e-mail address or the password is wrong.";

    private static readonly string DummyHash = new PasswordHasher<ConsoleUser>().HashPassword(new ConsoleUser(), Guid.NewGuid().ToString());

    private Task RecordAsync(ConsoleUser? user, string email, string detail, AuditResult result, CancellationToken cancellationToken)
    {
        // What was typed as a name may be a password typed into the wrong box: only known people are named.
        var name = user?.Email ?? "unknown";
        return audit.RecordAsync(null, new Actor(user?.Id, name), new AuditEvent("sign in", "session", user?.Id.ToString() ?? "", name, detail, result), cancellationToken);
    }
}
