using Microsoft.AspNetCore.Identity;

namespace IntegrationConsole.Access;

/// <summary>Creates, disables and promotes the people who sign in.</summary>
public sealed class People(ConsoleDatabase database, UserManager<ConsoleUser> users, AuditTrail audit, TimeProvider clock)
{
    /// <returns>The new person's id, or why there is none.</returns>
    public async Task<(Guid? Id, string Problem)> InviteAsync(string email, string displayName, bool platformAdmin, Actor actor, CancellationToken cancellationToken)
    {
        var user = new ConsoleUser
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            UserName = email.Trim(),
            Email = email.Trim(),
            DisplayName = displayName.Trim() is { Length: > 0 } given ? given : email.Trim(),
            IsPlatformAdmin = platformAdmin,
            CreatedAt = clock.GetUtcNow(),
        };
        var created = await users.CreateAsync(user);
        if (!created.Succeeded)
        {
            return (null, string.Join(" ", created.Errors.Select(error => error.Description)));
        }

        await audit.RecordAsync(null, actor, new AuditEvent("invite", "user", user.Id.ToString(), user.Email, platformAdmin ? "platform admin" : ""), cancellationToken);
        return (user.Id, "");
    }

    public async Task<ConsoleUser?> FindByEmailAsync(string email) => await users.FindByEmailAsync(email.Trim());

    /// <summary>Ends every session of a person and keeps them out, or lets them back in.</summary>
    /// <returns>Why not; empty when done.</returns>
    public Task<string> SetDisabledAsync(Guid userId, bool disabled, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(userId, actor, disabled ? "disable" : "enable", user => user.DisabledAt = disabled ? clock.GetUtcNow() : null, cancellationToken);

    /// <returns>Why not; empty when done.</returns>
    public Task<string> SetPlatformAdminAsync(Guid userId, bool admin, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(userId, actor, admin ? "make platform admin" : "end platform admin", user => user.IsPlatformAdmin = admin, cancellationToken);

    private async Task<string> ChangeAsync(Guid userId, Actor actor, string action, Action<ConsoleUser> change, CancellationToken cancellationToken)
    {
        if (actor.UserId == userId)
        {
            return "You cannot do this to yourself: ask another platform admin.";
        }

        var user = await users.FindByIdAsync(userId.ToString());
        if (user is null)
        {
            return "This person does not exist any more.";
        }

        change(user);
        var updated = await users.UpdateAsync(user);
        if (!updated.Succeeded)
        {
            return string.Join(" ", updated.Errors.Select(error => error.Description));
        }

        // A new stamp ends every session at its next check.
        await users.UpdateSecurityStampAsync(user);
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        await audit.AppendAsync(session, null, actor, new AuditEvent(action, "user", user.Id.ToString(), user.Email!), cancellationToken);
        await session.NotifyAsync(new Change("access", null, userId), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return "";
    }
}
