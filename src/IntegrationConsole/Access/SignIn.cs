using Microsoft.AspNetCore.Identity;

namespace IntegrationConsole.Access;

/// <summary>Checks a password and begins a session.</summary>
public sealed class SignIn(SignInManager<ConsoleUser> signIns, UserManager<ConsoleUser> users, AuditTrail audit, TimeProvider clock)
{
    /// <returns>Why not, in a sentence that does not say whether the person exists; empty when signed in.</returns>
    public async Task<string> TryAsync(string email, string password, bool remember, CancellationToken cancellationToken)
    {
        var user = IsAddress(email) ? await users.FindByEmailAsync(email.Trim()) : null;
        var bar = user is null ? "unknown" : await BarAsync(user);
        if (user is null || bar.Length > 0)
        {
            // Costs what a real check costs, so the time does not tell either.
            users.PasswordHasher.VerifyHashedPassword(new ConsoleUser(), DummyHash, password);
            await RecordAsync(user, bar, AuditResult.Denied, cancellationToken);
            return Wrong;
        }

        var result = await signIns.PasswordSignInAsync(user, password, remember, lockoutOnFailure: true);
        if (!result.Succeeded)
        {
            await RecordAsync(user, result.IsLockedOut ? "wrong password, now locked out" : "wrong password", AuditResult.Denied, cancellationToken);
            return Wrong;
        }

        await SeeAsync(user);
        await RecordAsync(user, "", AuditResult.Done, cancellationToken);
        return "";
    }

    /// <summary>Begins the session of somebody who has just chosen a password.</summary>
    public async Task BeginAsync(ConsoleUser user)
    {
        await SeeAsync(user);
        await signIns.SignInAsync(user, isPersistent: false);
    }

    public Task EndAsync() => signIns.SignOutAsync();

    /// <summary>The same in every case: whoever is told that an account is locked knows that there is one.</summary>
    private const string Wrong = "The e-mail address or the password is wrong. After five wrong passwords an account is locked for five minutes.";

    private static readonly string DummyHash = new PasswordHasher<ConsoleUser>().HashPassword(new ConsoleUser(), Guid.NewGuid().ToString());

    /// <summary>Whoever hands the person in may have read them elsewhere: what is changed is what was read here.</summary>
    private async Task SeeAsync(ConsoleUser user)
    {
        if (await users.FindByIdAsync(user.Id.ToString()) is { } known)
        {
            known.LastSeenAt = clock.GetUtcNow();
            await users.UpdateAsync(known);
        }
    }

    /// <returns>Why this person may not sign in whatever the password; empty when they may.</returns>
    private async Task<string> BarAsync(ConsoleUser user) =>
        user.DisabledAt is not null ? "disabled" : user.PasswordHash is null ? "no password yet" : await users.IsLockedOutAsync(user) ? "locked out" : "";

    /// <summary>What could be one; the database and the normalisation take offence at other text.</summary>
    private static bool IsAddress(string text) => text.Length <= 256 && !text.Any(letter => char.IsControl(letter) || char.IsSurrogate(letter));

    private Task RecordAsync(ConsoleUser? user, string detail, AuditResult result, CancellationToken cancellationToken)
    {
        // What was typed as a name may be a password typed into the wrong box: only known people are named.
        var name = user?.Email ?? "unknown";
        return audit.RecordAsync(null, new Actor(user?.Id, name), new AuditEvent("sign in", "session", user?.Id.ToString() ?? "", name, detail, result), cancellationToken);
    }
}
