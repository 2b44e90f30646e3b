"""What Prometheus reads."""

from __future__ import annotations


def test_the_figures_tell_of_the_whole_house_and_of_nobody(town):
    town.api(text="Obat di Desa Tente kosong", category="kesehatan", region="52.06.03", name="Aminah Rahasia", phone="+6281234567890")
    told = town.browser().get("/metrics").text
    assert 'ntbcare_errands_open{lane="work"} 1.0' in told
    town.work_off()
    told = town.browser().get("/metrics").text
    assert 'ntbcare_errands_open{lane="work"} 0.0' in told
    assert "ntbcare_errands_dead 0.0" in told and "ntbcare_alarms_open 0.0" in told
    assert "Aminah" not in told and "+62812" not in told
