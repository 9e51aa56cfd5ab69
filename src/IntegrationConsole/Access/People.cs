using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace IntegrationConsole.Access;

/// <summary>
/// Creates, disables and promotes the people who sign in. Each call looks the person up afresh: the pages that call live
/// longer than what a database context remembers is true.
/// </summary>
public sealed class People(ConsoleDatabase database, IServiceScopeFactory scopes, AuditTrail audit, TimeProvider clock)
{
    private const int MostOfName = 100;

    /// <summary>A busy machine takes its time over a password; who holds a link or a rank meanwhile is not taken for gone.</summary>
    internal static readonly TimeSpan SavedWithin = TimeSpan.FromMinutes(1);

    /// <returns>The new person's id, or why there is none.</returns>
    public async Task<(Guid? Id, string Problem)> InviteAsync(string email, string displayName, bool platformAdmin, Actor actor, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<ConsoleUser>>();
        var user = new ConsoleUser
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            UserName = email.Trim(),
            Email = email.Trim(),
            DisplayName = displayName.Trim() is { Length: > 0 } given ? given : email.Trim(),
            IsPlatformAdmin = platformAdmin,
            CreatedAt = clock.GetUtcNow(),
        };
        try
        {
            var created = await users.CreateAsync(user);
            if (!created.Succeeded)
            {
                return (null, string.Join(" ", created.Sentences));
            }
        }
        catch (DbUpdateException taken) when (taken.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Somebody else invited the same person between the check and the saving.
            return (null, users.ErrorDescriber.DuplicateEmail(user.Email).Description);
        }

        await audit.RecordAsync(null, actor, new AuditEvent("invite", "user", user.Id.ToString(), user.Email, platformAdmin ? "platform admin" : ""), cancellationToken);
        return (user.Id, "");
    }

    public async Task<ConsoleUser?> FindByEmailAsync(string email)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<UserManager<ConsoleUser>>().FindByEmailAsync(email.Trim());
    }

    /// <summary>Ends every session of a person and keeps them out, or lets them back in.</summary>
    /// <returns>Why not; empty when done.</returns>
    public Task<string> SetDisabledAsync(Guid userId, bool disabled, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(userId, actor, disabled ? "disable" : "enable", user => user.DisabledAt = disabled ? clock.GetUtcNow() : null, cancellationToken);

    /// <returns>Why not; empty when done.</returns>
    public Task<string> SetPlatformAdminAsync(Guid userId, bool admin, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(userId, actor, admin ? "make platform admin" : "end platform admin", user => user.IsPlatformAdmin = admin, cancellationToken);

    /// <summary>Ends a lock-out after wrong passwords before its time. Sessions that are open stay.</summary>
    /// <returns>Why not; empty when done.</returns>
    public async Task<string> UnlockAsync(Guid userId, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var email = await session.FindAsync<string>(
            "update access_user set lockout_end = null, access_failed_count = 0 where id = @userId returning email", new { userId }, cancellationToken);
        if (email is null)
        {
            return "This person does not exist any more.";
        }

        await audit.AppendAsync(session, null, actor, new AuditEvent("unlock", "user", userId.ToString(), email), cancellationToken);
        await session.NotifyAsync(new Change(AccessStore.Topic, null, userId), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return "";
    }

    /// <summary>Gives people the name they want to be called by.</summary>
    /// <returns>Why not; empty when done.</returns>
    public async Task<string> RenameAsync(Guid userId, string displayName, Actor actor, CancellationToken cancellationToken)
    {
        var name = displayName.Trim();
        if (name.Length is 0 or > MostOfName || name.Any(char.IsControl))
        {
            return $"A name has 1 to {MostOfName} characters.";
        }

        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var email = await session.FindAsync<string>("update access_user set display_name = @name where id = @userId returning email", new { userId, name }, cancellationToken);
        if (email is null)
        {
            return "This person does not exist any more.";
        }

        await audit.AppendAsync(session, null, actor, new AuditEvent("rename", "user", userId.ToString(), email, name), cancellationToken);
        await session.NotifyAsync(new Change(AccessStore.Topic, null, userId), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return "";
    }

    private async Task<string> ChangeAsync(Guid userId, Actor actor, string action, Action<ConsoleUser> change, CancellationToken cancellationToken)
    {
        if (actor.UserId == userId)
        {
            return "You cannot do this to yourself: ask another platform admin.";
        }

        // One change at a time: two admins who end one another's rank at the same moment must not both succeed.
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        await session.StandStillAsync(SavedWithin, cancellationToken);
        await session.RunAsync("select pg_advisory_xact_lock(hashtextextended('people', 0))", null, cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<ConsoleUser>>();
        var user = await users.FindByIdAsync(userId.ToString());
        if (user is null)
        {
            return "This person does not exist any more.";
        }

        var administered = Administers(user);
        change(user);
        if (administered && !Administers(user) && !await HasOtherAdministratorAsync(session, userId, cancellationToken))
        {
            return "This is the last platform admin: make somebody else one first.";
        }

        // Saves the change and a new stamp together; the stamp ends every session at its next check.
        var updated = await users.UpdateSecurityStampAsync(user);
        if (!updated.Succeeded)
        {
            return string.Join(" ", updated.Sentences);
        }

        await audit.AppendAsync(session, null, actor, new AuditEvent(action, "user", user.Id.ToString(), user.Email!), cancellationToken);
        await session.NotifyAsync(new Change(AccessStore.Topic, null, userId), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return "";
    }

    private static bool Administers(ConsoleUser user) => user is { IsPlatformAdmin: true, DisabledAt: null, PasswordHash: not null };

    private static Task<bool> HasOtherAdministratorAsync(DatabaseSession session, Guid userId, CancellationToken cancellationToken) =>
        session.OneAsync<bool>(
            "select exists (select from access_user where id <> @userId and is_platform_admin and password_hash is not null and disabled_at is null)",
            new { userId }, cancellationToken);
}
