using IntegrationConsole.Controls;

namespace IntegrationConsole.Access;

/// <summary>One decision that was just taken.</summary>
/// <param name="Slug">The tenant's address.</param>
/// <param name="Entry">Its number in the tenant's audit trail.</param>
public sealed record Decision(TenantId Tenant, string Slug, long Entry);

/// <summary>Says what somebody decided, with the way back beside it. The way stays open when the page is left.</summary>
public sealed class UndoOffer(Undo undo, Gatekeeper gatekeeper, Toasts toasts)
{
    public void Say(string text, IReadOnlyList<Decision> decisions, string? link = null, string? linkText = null) =>
        toasts.Say(text, Tone.Good, link, linkText, decisions.Count == 0 ? null : () => TakeBackAsync(decisions));

    /// <summary>Rights may have changed since, and so may what was decided about.</summary>
    public async Task TakeBackAsync(IReadOnlyList<Decision> decisions)
    {
        var back = 0;
        foreach (var decision in decisions.Reverse())
        {
            // Asked for by itself: it ends when it is done, whatever page is shown by then.
            if (await gatekeeper.AdmitAsync(decision.Slug, Permission.Replay, "undo a decision", CancellationToken.None) is not { } actor)
            {
                toasts.Say($"You may not {Permission.Replay.Words}: ask for the role {Permission.Replay.NeededRole}.", Tone.Bad);
                return;
            }

            back += await undo.TakeBackAsync(decision.Tenant, decision.Entry, actor, CancellationToken.None) ? 1 : 0;
        }

        toasts.Say(
            back == decisions.Count ? "Taken back." : back > 0 ? $"{back} of {decisions.Count} taken back: something happened to the others since." : "Not taken back: something happened since.",
            back == decisions.Count ? Tone.Good : Tone.Warn);
    }
}
