using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Tenants.Keeping;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Tenants.Pages;

/// <summary>How long a tenant's dead letters and what belongs to them are kept, and the legal hold that stops their removal.</summary>
public sealed partial class KeepingPanel(KeepingStore store, TimeProvider clock)
{
    private TenantKeeping? _keeping;
    private Typed _typed = Typed.Of(KeepingSettings.Usual);
    private Typed _stored = Typed.Of(KeepingSettings.Usual);
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private ConfirmDialog? _hold;
    private ConfirmDialog? _lift;
    private bool _outdated;
    private int _refusals;

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    private TimeProvider Clock => clock;

    /// <remarks>What is being saved is not asked about.</remarks>
    private bool Changed => !IsBusy && _typed != _stored;

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _keeping = await store.FindAsync(Id, Leaving);
        _typed = _stored = Typed.Of(_keeping.Own);
        _outdated = false;
    }

    private Task SaveAsync() => ActAsync(Permission.Administer, "change how long things are kept", async actor =>
    {
        var (settings, problems) = _typed.Read();
        _problems = problems;
        if (settings is null)
        {
            _refusals++;
            return;
        }

        if (await store.UpdateAsync(Id, _keeping!.Version, settings, actor, Leaving) is Saved.Outdated)
        {
            _outdated = true;
            return;
        }

        await FetchAsync();
        Toasts.Say("It is saved. What is shorter than before holds in two weeks.");
    });

    private Task HoldAsync(string why) => ActAsync(Permission.Administer, "put a legal hold on the tenant", actor => SetHoldAsync(why, actor, "The tenant is held."));

    private Task LiftAsync(string reason) => ActAsync(Permission.Administer, "lift the tenant's legal hold", actor => SetHoldAsync(null, actor, "The hold is lifted."));

    /// <summary>What is being typed stays.</summary>
    private async Task SetHoldAsync(string? why, Actor actor, string done)
    {
        var said = await store.HoldAsync(Id, why, actor, Leaving) ? (done, Tone.Good) : ("Somebody else did that meanwhile.", Tone.Warn);
        _keeping = await store.FindAsync(Id, Leaving);
        Toasts.Say(said.Item1, said.Item2);
    }

    private string? Problem(string field) => _problems.GetValueOrDefault(field);

    /// <summary>The form as it is typed.</summary>
    private sealed record Typed(string Waiting, string Closed, string Attempts, string Groups, string Replays)
    {
        public static Typed Of(KeepingSettings settings) =>
            new(Text(settings.WaitingDays), Text(settings.ClosedDays), Text(settings.AttemptDays), Text(settings.GroupDays), Text(settings.ReplayDays));

        /// <returns>Null where something is wrong, with a sentence for each such field.</returns>
        public (KeepingSettings? Settings, IReadOnlyDictionary<string, string> Problems) Read()
        {
            var settings = new KeepingSettings(Number(Waiting), Number(Closed), Number(Attempts), Number(Groups), Number(Replays));
            var problems = settings.Check();
            return (problems.Count == 0 ? settings : null, problems);
        }

        private static string Text(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

        /// <summary>What is no whole number is refused with the others, not taken for none.</summary>
        private static int? Number(string text) =>
            text.Trim().Length == 0 ? null : int.TryParse(text.Trim(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }
}
