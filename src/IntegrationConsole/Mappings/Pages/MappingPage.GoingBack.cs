using IntegrationConsole.Access;
using IntegrationConsole.Controls;

namespace IntegrationConsole.Mappings.Pages;

/// <summary>The way back to an earlier version.</summary>
public sealed partial class MappingPage
{
    private Task AskRollBackAsync(MappingVersion version) => ActAsync(Permission.Configure, "roll back a mapping", async _ =>
    {
        _target = version;
        _changes = MappingDiff.Between(_published?.Parsed ?? MappingDocument.Empty, version.Parsed);
        _check = await publication.CheckAsync(Id, Sync!.MappingId, version.Parsed, Sync.KeyFields, Leaving);
        await _rollBack!.OpenAsync();
    });

    /// <summary>Without asking, from where it is said what it changes; where tests would fail, they are shown first.</summary>
    private Task GoBackAsync(MappingVersion version) => ActAsync(Permission.Configure, "roll back a mapping", async actor =>
    {
        _target = version;
        _changes = MappingDiff.Between(_published?.Parsed ?? MappingDocument.Empty, version.Parsed);
        _check = await publication.CheckAsync(Id, Sync!.MappingId, version.Parsed, Sync.KeyFields, Leaving);
        if (_check.Failing.Count > 0 || _dirty)
        {
            await _rollBack!.OpenAsync();
            return;
        }

        await GoBackAsync($"Version {_published?.Number} failed for its records", actor);
    });

    private Task RollBackAsync(string note) => ActAsync(Permission.Configure, "roll back a mapping", actor => GoBackAsync(note, actor));

    private async Task GoBackAsync(string note, Actor actor)
    {
        if (await mappings.RollBackAsync(Id, Sync!.MappingId, _target!.Number, note, actor, Leaving) is { } number)
        {
            _focusNext = Title;
            Toasts.Say($"Version {number}, with the content of version {_target.Number}, is published.");
        }
        else
        {
            Toasts.Say($"Version {_target.Number} cannot be gone back to any more: the versions changed meanwhile.", Tone.Bad);
        }

        await FetchAsync();
    }
}
