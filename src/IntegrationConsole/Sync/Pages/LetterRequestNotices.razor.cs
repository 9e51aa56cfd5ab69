using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Sync.Approvals;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

/// <summary>What waits for a second person, with what that person can say, and what they said to whom they refused it; nothing where there is nothing.</summary>
public sealed partial class LetterRequestNotices(LetterRequests requests, RequestDecisions decisions)
{
    private const int Shown = 30;

    /// <summary>The others are folded away: what is broken stands below them.</summary>
    private const int AtOnce = 2;

    private IReadOnlyList<LetterRequest> _requests = [];
    private IReadOnlyList<LetterRequest> _denied = [];
    private Actor _me = Actor.System;
    private LetterRequest? _chosen;
    private Guid? _looked;
    private bool _all;
    private IReadOnlyList<AskedLetter> _letters = [];
    private ConfirmDialog? _approve;
    private ConfirmDialog? _refuse;

    /// <summary>Only what is about this failure group.</summary>
    [Parameter]
    public Guid? Group { get; set; }

    /// <summary>Only this one.</summary>
    [Parameter]
    public Guid? Only { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    /// <summary>Nothing where it would only repeat how many they are.</summary>
    private static string ScopeOf(LetterRequest request) => request.Words.EndsWith(request.Scope, StringComparison.Ordinal) ? "" : $" {request.Scope.TrimEnd('.')}.";

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _me = await Gatekeeper.WhoAsync();
        var open = await requests.ListOpenAsync(Id, Group, Leaving);
        _requests = [.. open.Where(request => Only is null || request.Id == Only).OrderBy(request => request.IsOf(_me)).ThenBy(request => request.AskedAt)];
        _denied = Only is null ? await requests.ListDeniedAsync(Id, Group, _me, Leaving) : [];
    }

    private Task LookAsync(LetterRequest request) => LoadAsync(async () =>
    {
        var closes = _looked == request.Id;
        _letters = closes ? [] : await requests.ListLettersAsync(Id, request.Id, Shown + 1, Leaving);
        _looked = closes ? null : request.Id;
    });

    private Task AskAsync(ConfirmDialog? dialog, LetterRequest request)
    {
        _chosen = request;
        return dialog!.OpenAsync();
    }

    private Task ApproveAsync(string reason) => DecideAsync("approve a request", actor => decisions.ApproveAsync(Id, _chosen!.Id, actor, Leaving), "Approved: it is on its way.");

    private Task RefuseAsync(string reason) => DecideAsync("refuse a request", actor => decisions.RefuseAsync(Id, _chosen!.Id, reason, actor, Leaving), "Refused: the letters go on waiting.");

    private Task WithdrawAsync(LetterRequest request)
    {
        _chosen = request;
        return DecideAsync("withdraw a request", actor => decisions.WithdrawAsync(Id, request.Id, actor, Leaving), "Withdrawn: the letters go on waiting.");
    }

    private Task DecideAsync(string attempt, Func<Actor, Task<Decided>> decide, string done) => ActAsync(Permission.Replay, attempt, async actor =>
    {
        var (words, tone) = await decide(actor) switch
        {
            Decided.Done when _chosen!.Kind is RequestKind.Discard && done.StartsWith("Approved", StringComparison.Ordinal) => ("Approved: the letters are discarded.", Tone.Good),
            Decided.Done => (done, Tone.Good),
            Decided.Own => ("You asked for it yourself: somebody else has to agree.", Tone.Warn),
            Decided.TooLate => ("Somebody else was faster, or its time was over.", Tone.Warn),
        };
        Toasts.Say(words, tone, _chosen!.Kind is RequestKind.Replay ? At($"replays/{_chosen.Id}") : null, _chosen.Kind is RequestKind.Replay ? "Look at the replay" : null);
        await FetchAsync();
    });
}
